//! What httpd itself says of the planned files.
