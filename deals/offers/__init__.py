"""Commercial offers: templates a head approves, offers made from deals, frozen when they are sent (R148)."""
