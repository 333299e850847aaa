"""The sales book: regulations, instructions and knowledge, read in daily work (R278-R285)."""
