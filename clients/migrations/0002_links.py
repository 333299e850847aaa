"""What the database itself keeps of links that take two columns.

The chain of owners: one, and only one, owner per client on any day (R9). Each interval's end is the start of the
client's next one, and the client row points to its first. With starts, ends and the one open end unique per client, the
intervals of a client can only form one unbroken line. And a contact's point belongs to the contact's own client (R74).
All keys are looked at when the transaction ends, so a hand-over may close one interval and open the next in any order.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("clients", "0001_tables")]

    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE clients_ownership ADD CONSTRAINT ownership_end_is_next_start
                FOREIGN KEY (client_id, ends_on) REFERENCES clients_ownership (client_id, starts_on)
                DEFERRABLE INITIALLY DEFERRED;
            ALTER TABLE clients_client ADD CONSTRAINT client_points_to_first_owner
                FOREIGN KEY (id, owned_from) REFERENCES clients_ownership (client_id, starts_on)
                DEFERRABLE INITIALLY DEFERRED;
            ALTER TABLE clients_contactpoint ADD CONSTRAINT point_of_its_contacts_client
                FOREIGN KEY (client_id, contact_id) REFERENCES clients_contact (client_id, id)
                ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED;
            """,
            """
            ALTER TABLE clients_contactpoint DROP CONSTRAINT point_of_its_contacts_client;
            ALTER TABLE clients_client DROP CONSTRAINT client_points_to_first_owner;
            ALTER TABLE clients_ownership DROP CONSTRAINT ownership_end_is_next_start;
            """,
        )
    ]
