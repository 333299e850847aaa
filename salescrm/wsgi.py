"""The web server's entry point."""

import os

from django.core.wsgi import get_wsgi_application

from salescrm import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salescrm.settings")
embedded.ensure_running()
application = get_wsgi_application()
