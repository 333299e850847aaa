"""The typology at work: its screens, the questionnaire of a client, the suggested type, versions."""
