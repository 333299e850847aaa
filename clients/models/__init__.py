"""Whom: clients and their legal entities, typology, products, shipments, ownership, and Standing; by subject."""

from clients.models.client import Channel, Client, ExternalCode, LegalEntity, Source
from clients.models.communications import SPOKEN, Communication, CommunicationKind, CommunicationResult, Way
from clients.models.contacts import (
    Argument,
    ClientCriterion,
    Contact,
    ContactPoint,
    DecisionLevel,
    DecisionRole,
    Need,
    NeedState,
    Objection,
    PointKind,
    SupplierCriterion,
)
from clients.models.losses import LossReason
from clients.models.ownership import Ownership, OwnershipReason, Participant
from clients.models.products import Category, Direction, Product
from clients.models.shipments import Shipment, ShipmentBefore, ShipmentLine, TouchedMonth
from clients.models.standing import LifeCycle, Standing
from clients.models.typology import Segment, Sphere
from clients.tally import Tallied, Tally, TallyNow, Untallied

__all__ = [
    "SPOKEN",
    "Argument",
    "Category",
    "Channel",
    "Client",
    "ClientCriterion",
    "Communication",
    "CommunicationKind",
    "CommunicationResult",
    "Contact",
    "ContactPoint",
    "DecisionLevel",
    "DecisionRole",
    "Direction",
    "ExternalCode",
    "LegalEntity",
    "LifeCycle",
    "LossReason",
    "Need",
    "NeedState",
    "Objection",
    "Ownership",
    "OwnershipReason",
    "Participant",
    "PointKind",
    "Product",
    "Segment",
    "Shipment",
    "ShipmentBefore",
    "ShipmentLine",
    "Source",
    "Sphere",
    "Standing",
    "SupplierCriterion",
    "Tallied",
    "Tally",
    "TallyNow",
    "TouchedMonth",
    "Untallied",
    "Way",
]
