package dev.tokencache.deploy;

import dev.tokencache.testing.SystemPackage;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

import static dev.tokencache.deploy.Browser.FOR_A_PAGE;
import static dev.tokencache.deploy.Browser.bearer;
import static org.assertj.core.api.Assertions.assertThat;

/** {@code deploy/nginx}. */
class NginxIT extends ForwardAuthContract implements PhpContract {

    private static final String NGINX = "/usr/sbin/nginx";

    /**
     * The settings of Debian's nginx.conf, with paths that a test may write to. Some sites allow larger headers, or names
     * that nginx refuses by default.
     */
    private static final String AROUND = """
            %s
            daemon off;
            pid nginx.pid;
            error_log error.log;
            events {}
            http {
                access_log off;
                large_client_header_buffers 4 64k;
                ignore_invalid_headers off;
                underscores_in_headers on;
                client_body_temp_path body;
                proxy_temp_path proxy;
                fastcgi_temp_path fastcgi;
                uwsgi_temp_path uwsgi;
                scgi_temp_path scgi;
                include conf.d/*.conf;
            }
            """;

    private static final String BROKEN = "location = /broken { auth_request off; return 500; }";

    @Override
    WebServer start(Site site) {
        SystemPackage.require("nginx", NGINX);
        Path folder = site.folder();
        String user = WebServer.asRoot() ? "user www-data;" : "";
        ShippedFile.write(folder.resolve("nginx.conf"), AROUND.formatted(user));
        ShippedFile.of("nginx/token-cache-identity.conf").writeTo(folder.resolve("snippets/token-cache-identity.conf"));
        String publicPart = ShippedFile.of("nginx/README.md").passage("location /public/", "`");
        ShippedFile.of("nginx/token-cache-fastcgi.conf").writeTo(folder.resolve("snippets/token-cache-fastcgi.conf"));
        String php = ShippedFile.of("nginx/README.md")
                .passage("root /var/www/app;", "```")
                .replace("/var/www/app", PhpFpm.root(site).toString())
                .replace("include fastcgi.conf", "include /etc/nginx/fastcgi.conf")
                .replace("/run/php/php-fpm.sock", PhpFpm.socket(site).toString());
        ShippedFile.of("nginx/token-cache.conf")
                .with("listen 80;", "listen 127.0.0.1:" + site.port() + ";")
                .with("127.0.0.1:8080", "127.0.0.1:" + site.proxy().port())
                .with("127.0.0.1:3000", "127.0.0.1:" + site.application().port())
                .with("location / {", publicPart + BROKEN + php + "location / {")
                .writeTo(folder.resolve("conf.d/token-cache.conf"));
        return WebServer.start(
                folder,
                site.port(),
                NGINX,
                "-p",
                folder.toString(),
                "-c",
                folder.resolve("nginx.conf").toString());
    }

    @Test
    void shouldNotReportItsOwnErrorAsUnknown() {
        HttpResponse<String> answer = browser().get("/broken", bearer(api().tokenFor("alice")), FOR_A_PAGE);

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.headers().map()).doesNotContainKeys("retry-after", "location");
    }
}
