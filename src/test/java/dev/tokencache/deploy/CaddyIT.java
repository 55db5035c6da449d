package dev.tokencache.deploy;

import dev.tokencache.testing.SystemPackage;
import java.nio.file.Path;

/** {@code deploy/caddy}. */
class CaddyIT extends ForwardAuthContract implements PhpContract {

    private static final String CADDY = "/usr/bin/caddy";

    private static final String AROUND = """
            {
                admin off
                default_bind 127.0.0.1
            }
            import token-cache.caddy
            """;

    @Override
    WebServer start(Site site) {
        SystemPackage.require("caddy", CADDY);
        Path folder = site.folder();
        String publicPart = ShippedFile.of("caddy/README.md").passage("handle /public/*", "```");
        String php = ShippedFile.of("caddy/README.md")
                .passage("root * /var/www/app", "```")
                .replace("/var/www/app", PhpFpm.root(site).toString())
                .replace("/run/php/php-fpm.sock", PhpFpm.socket(site).toString());
        ShippedFile.of("caddy/Caddyfile")
                .with("\t\treverse_proxy ", "\t\thandle /php/* {\n" + php + "}\n\t\treverse_proxy ")
                .with("\troute {", publicPart + "\n\troute {")
                .with("\n:80 {", "\n:" + site.port() + " {")
                .with("127.0.0.1:8080", "127.0.0.1:" + site.proxy().port())
                .with("127.0.0.1:3000", "127.0.0.1:" + site.application().port())
                .writeTo(folder.resolve("token-cache.caddy"));
        Path around = ShippedFile.write(folder.resolve("Caddyfile"), AROUND);
        return WebServer.start(folder, site.port(), CADDY, "run", "--config", around.toString());
    }
}
