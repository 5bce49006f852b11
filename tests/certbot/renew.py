#!/usr/bin/env python3
"""Reads a site with certbot's own parser and writes another certificate into it, as certbot does when it is run later.

Usage: renew.py nginx|apache FILE NAME CERTIFICATE KEY. It ends with an error where certbot cannot read the file, or does
not find exactly one site of the name that speaks TLS.
"""

import os
import sys
import tempfile


def nginx(site, name, certificate, key):
    from certbot._internal.plugins.nginx.parser import NginxParser

    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "nginx.conf"), "w", encoding="utf-8") as main:
            main.write(f"events {{}}\nhttp {{\n    include {site};\n}}\n")
        parser = NginxParser(folder)
        hosts = [host for host in parser.get_vhosts() if name in host.names and host.ssl]
        assert len(hosts) == 1, f"{len(hosts)} server blocks of {name} speak TLS"
        directives = [("ssl_certificate", certificate), ("ssl_certificate_key", key)]
        directives = [["\n    ", directive, " ", value] for directive, value in directives]
        parser.update_or_add_server_directives(hosts[0], directives)
        parser.filedump(ext="")


def apache(site, name, certificate, key):
    from certbot._internal.plugins.apache.parser import init_augeas

    augeas = init_augeas()
    augeas.add_transform("Httpd.lns", site)
    augeas.load()
    errors = [augeas.get(f"{error}/message") for error in augeas.match("/augeas//error")]
    assert not errors, errors
    tls = f"/files{site}/VirtualHost[directive = 'SSLCertificateFile'][directive[. = 'ServerName']/arg = '{name}']"
    hosts = augeas.match(tls)
    assert len(hosts) == 1, f"{len(hosts)} virtual hosts of {name} speak TLS"
    for directive, value in [("SSLCertificateFile", certificate), ("SSLCertificateKeyFile", key)]:
        augeas.set(f"{hosts[0]}/directive[. = '{directive}']/arg", value)
    augeas.save()


if __name__ == "__main__":
    {"nginx": nginx, "apache": apache}[sys.argv[1]](*sys.argv[2:])
