package dev.tokencache.deploy;

import dev.tokencache.testing.SystemPackage;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

import static dev.tokencache.deploy.Browser.FOR_A_PAGE;
import static dev.tokencache.deploy.Browser.bearer;
import static org.assertj.core.api.Assertions.assertThat;

/** {@code deploy/nginx}. */
class NginxIT extends ForwardAuthContract {

    private static final String NGINX = "/usr/sbin/nginx";

    /** The settings of Debian's nginx.conf, with paths that a test may write to. */
    private static final String AROUND = """
            %s
            daemon off;
            pid nginx.pid;
            error_log error.log;
            events {}
            http {
                access_log off;
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
        ShippedFile.of("nginx/token-cache.conf")
                .with("listen 80;", "listen 127.0.0.1:" + site.port() + ";")
                .with("127.0.0.1:8080", "127.0.0.1:" + site.proxy().port())
                .with("127.0.0.1:3000", "127.0.0.1:" + site.application().port())
                .with("location / {", publicPart + BROKEN + "location / {")
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
    }
}
