"""Trees of large configurations, each beside an answers file that means its last site or host."""

from pathlib import Path

NGINX_MAIN = """worker_processes 1;
pid nginx.pid;
error_log stderr;
events {{ worker_connections 64; }}
http {{
    server_names_hash_max_size 131072;
    server_names_hash_bucket_size 128;
    access_log off;
    include {included};
}}
"""

NGINX_SITE = """server {{
    listen 127.0.0.1:8099;
    server_name site{n:05}.example.test www.site{n:05}.example.test;
    root /srv/www/site{n:05}/public;
    index index.html index.htm;
    # What the people of this site asked for, one line each.
    client_max_body_size 16m;
    keepalive_timeout 65;

    location / {{
        try_files $uri $uri/ =404;
    }}

    location /app/ {{
        proxy_pass http://127.0.0.1:9000/;
        proxy_http_version 1.1;
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_set_header X-Real-IP $remote_addr;
        proxy_read_timeout 300s;
    }}

    location ~* \\.(?:css|js|png|jpe?g|svg|woff2)$ {{
        expires 30d;
        add_header Cache-Control "public, immutable";
    }}

    location ~ /\\.(?!well-known) {{
        deny all;
    }}
}}

"""

APACHE_MAIN = """Listen 127.0.0.1:8098
PidFile apache2.pid
ErrorLog /dev/null
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule authz_host_module /usr/lib/apache2/modules/mod_authz_host.so
LoadModule alias_module /usr/lib/apache2/modules/mod_alias.so
LoadModule headers_module /usr/lib/apache2/modules/mod_headers.so
LoadModule rewrite_module /usr/lib/apache2/modules/mod_rewrite.so
LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so
LoadModule proxy_http_module /usr/lib/apache2/modules/mod_proxy_http.so
LoadModule proxy_wstunnel_module /usr/lib/apache2/modules/mod_proxy_wstunnel.so
LoadModule setenvif_module /usr/lib/apache2/modules/mod_setenvif.so
ServerName main.example.test
Include {included}
"""

APACHE_SITE = """<VirtualHost 127.0.0.1:8098>
    ServerName site{n:05}.example.test
    ServerAlias www.site{n:05}.example.test
    DocumentRoot /tmp
    # What the people of this site asked for, one line each.
    LogLevel warn
    ServerSignature Off
    Timeout 90
    <Directory /srv/www/site{n:05}/public>
        Options -Indexes +FollowSymLinks
        AllowOverride None
        Require all granted
    </Directory>
    <Location /private>
        Require local
    </Location>
    Header always set X-Content-Type-Options "nosniff"
    RewriteEngine On
    RewriteRule ^/old/(.*)$ /new/$1 [R=301,L]
    Alias /media /srv/www/site{n:05}/media
</VirtualHost>

"""

TOMCAT_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<Server port="8005" shutdown="SHUTDOWN">
  <Service name="Catalina">
    <Connector port="8080" protocol="HTTP/1.1" connectionTimeout="20000" redirectPort="8443" />
    <Engine name="Catalina" defaultHost="localhost">
"""

TOMCAT_HOST = """      <Host name="site{n:05}.example.test" appBase="webapps/site{n:05}"
            unpackWARs="true" autoDeploy="false">
        <Alias>www.site{n:05}.example.test</Alias>
        <!-- What the people of this host asked for, one each. -->
        <Valve className="org.apache.catalina.valves.AccessLogValve" directory="logs"
               prefix="site{n:05}_access" suffix=".txt"
               pattern="%h %l %u %t &quot;%r&quot; %s %b" />
      </Host>
"""

TOMCAT_TAIL = """      <Host name="localhost" appBase="webapps" unpackWARs="true" autoDeploy="true">
      </Host>
    </Engine>
  </Service>
</Server>
"""

ANSWERS = """version = 1

[frontend]
server = "{server}"
site = {{ file = "{file}"{name} }}
public_path = "/guacamole/"

[backend]
host = "{host}"
port = 8080
context = "/guacamole/"
{server_xml}
[trust]
proxies = ["127.0.0.1"]
"""


def write(path: Path, text: str) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return len(text)


def answers(root: Path, server: str, file: str, name: str = "", tomcat: bool = False) -> None:
    text = ANSWERS.format(
        server=server,
        file=file,
        name=f', name = "{name}"' if name else "",
        host="127.0.0.1",
        server_xml="" if tomcat else 'server_xml = "none"\n',
    )
    write(root.parent / f"{root.name}.toml", text)


def nginx_one_file(root: Path, count: int) -> int:
    """Every server block in one file; its size."""
    size = write(root / "etc/nginx/sites/all.conf", "".join(NGINX_SITE.format(n=n) for n in range(count)))
    write(root / "etc/nginx/nginx.conf", NGINX_MAIN.format(included="sites/*.conf"))
    answers(root, "nginx", "/etc/nginx/sites/all.conf", f"site{count - 1:05}.example.test")
    return size


def nginx_many_files(root: Path, count: int) -> int:
    """A file for every server block; their size."""
    sites = root / "etc/nginx/sites"
    size = sum(write(sites / f"site{n:05}.conf", NGINX_SITE.format(n=n)) for n in range(count))
    write(root / "etc/nginx/nginx.conf", NGINX_MAIN.format(included="sites/*.conf"))
    answers(root, "nginx", f"/etc/nginx/sites/site{count - 1:05}.conf", f"site{count - 1:05}.example.test")
    return size


def apache_one_file(root: Path, count: int) -> int:
    """Every virtual host in one file; its size."""
    size = write(root / "etc/apache2/sites/all.conf", "".join(APACHE_SITE.format(n=n) for n in range(count)))
    write(root / "etc/apache2/apache2.conf", APACHE_MAIN.format(included="sites/*.conf"))
    answers(root, "apache", "/etc/apache2/sites/all.conf", f"site{count - 1:05}.example.test")
    return size


def tomcat(root: Path, count: int) -> int:
    """Every Host in one server.xml, behind an nginx with two server blocks to choose from; the size of server.xml."""
    hosts = "".join(TOMCAT_HOST.format(n=n) for n in range(count))
    size = write(root / "var/lib/tomcat10/conf/server.xml", TOMCAT_HEAD + hosts + TOMCAT_TAIL)
    write(root / "etc/nginx/sites/all.conf", NGINX_SITE.format(n=0) + NGINX_SITE.format(n=1))
    write(root / "etc/nginx/nginx.conf", NGINX_MAIN.format(included="sites/*.conf"))
    answers(root, "nginx", "/etc/nginx/sites/all.conf", "site00001.example.test", tomcat=True)
    return size
