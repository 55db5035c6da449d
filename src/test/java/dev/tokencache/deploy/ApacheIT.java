package dev.tokencache.deploy;

import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.SystemPackage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.tokencache.deploy.Browser.FOR_A_PAGE;
import static dev.tokencache.deploy.Browser.bearer;
import static dev.tokencache.deploy.Browser.cookie;
import static org.assertj.core.api.Assertions.assertThat;

/** {@code deploy/apache}. */
class ApacheIT extends WebServerContract implements PhpContract {

    /** The folder of mod_cgid's socket, below APACHE_RUN_DIR. */
    private static final String SOCKETS = "socks";

    private static final String APPLICATION = "ProxyPass \"/\" \"${SSO_APPLICATION}/\"";

    /** The settings of Debian's apache2.conf, with paths that a test may write to. */
    private static final String AROUND = """
            Define APACHE_RUN_DIR %1$s
            ServerRoot %1$s
            ServerName localhost
            DefaultRuntimeDir %1$s
            PidFile %1$s/apache2.pid
            Mutex file:%1$s default
            ErrorLog /dev/stderr
            LogLevel warn
            LimitRequestFieldSize 65536
            %2$s
            %3$s
            <Directory />
                AllowOverride None
                Require all denied
            </Directory>
            Listen 127.0.0.1:%4$d
            Include %5$s
            """;

    @Override
    Duration refusal() {
        return Duration.ofSeconds(6);
    }

    /** mod_auth_openidc passes on claims only. */
    @Override
    public boolean forwardsSignedIdentity() {
        return false;
    }

    @Override
    WebServer start(Site site) {
        return start(site, "token-cache", site.port(), shipped(site, site.port()));
    }

    private static ShippedFile shipped(Site site, int port) {
        Path lua = site.folder().resolve("token-cache.lua");
        ShippedFile.of("apache/token-cache.lua").writeTo(lua);
        String publicPart = ShippedFile.of("apache/README.md").passage("<Location \"/public/\">", "```");
        String php = ShippedFile.of("apache/README.md")
                .passage("DocumentRoot /var/www/app", "```")
                .replace("/var/www/app", PhpFpm.root(site).toString())
                .replace("/run/php/php-fpm.sock", PhpFpm.socket(site).toString());
        return ShippedFile.of("apache/token-cache.conf")
                .with("<Location \"/_sso/\">", publicPart + "<Location \"/_sso/\">")
                .with(APPLICATION, "ProxyPass \"/php/\" \"!\"\n" + php + APPLICATION)
                .with("<VirtualHost *:80>", "<VirtualHost 127.0.0.1:" + port + ">")
                .with(
                        "https://localhost:8443",
                        "https://localhost:" + site.tlsProxy().port())
                .with("/etc/ssl/certs/ca-certificates.crt", site.certificate().toString())
                .with("      web\n", "      " + Site.CALLER + "\n")
                .with("the-secret-of-the-caller-web", '"' + Site.SECRET + '"')
                .with("127.0.0.1:3000", "127.0.0.1:" + site.application().port())
                .with("/etc/apache2/token-cache.lua", lua.toString());
    }

    private static WebServer start(Site site, String name, int port, ShippedFile shipped) {
        SystemPackage.require("apache2", "/usr/sbin/apache2");
        SystemPackage.require("libapache2-mod-auth-openidc", "/usr/lib/apache2/modules/mod_auth_openidc.so");
        Path folder = site.folder().resolve(name);
        Path file = folder.resolve("token-cache.conf");
        shipped.writeTo(file);
        ShippedFile.createFolder(folder.resolve(SOCKETS));
        String user = WebServer.asRoot() ? "User www-data\nGroup www-data" : "";
        String modules = ApacheModules.asDocumentedIn(ShippedFile.of("apache/README.md"))
                .with("cgid", "proxy_fcgi")
                .configuration();
        Path around =
                ShippedFile.write(folder.resolve("apache2.conf"), AROUND.formatted(folder, user, modules, port, file));
        return WebServer.start(folder, port, "/usr/sbin/apache2", "-DFOREGROUND", "-f", around.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"OIDC_CLAIM_sub", "oidc-claim-sub", "OIDC_access_token", "OIDC.CLAIM~sub"})
    void shouldRefuseForgedClaims(String name) {
        String[] forged = {name, "forged"};

        assertThat(browser().get("/", bearer(api().tokenFor("alice")), forged).statusCode())
                .isEqualTo(400);
        assertThat(browser().get("/", forged).statusCode()).isEqualTo(400);
        assertThat(browser().get("/", forged, new String[] {name, ""}).statusCode())
                .isEqualTo(400);
        assertThat(site().application().seen()).isEmpty();
    }

    @Test
    void shouldForwardClaimsAsHeaders() {
        Map<String, ?> claims = Map.of("mail", "zoë@mail.example", "groups", new String[] {"a", "b"});
        String token = created(Map.of("sub", "alice", "claims", claims)).path("token");

        browser().get("/", bearer(token));

        // The JDK's HTTP server decodes header bytes as ISO 8859-1.
        assertThat(new String(
                        seen().header("oidc_claim_mail").getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8))
                .isEqualTo("zoë@mail.example");
        assertThat(seen().header("oidc_claim_groups")).isEqualTo("a,b");
        assertThat(seen().header("oidc_claim_sub")).isEqualTo("alice");
    }

    @Test
    void shouldNotLetClaimsOverrideTheIdentity() {
        Map<String, ?> claims =
                Map.of("access_token", Map.of("sub", "root", "jti", "forged"), "Sub", "root", "JTI", "root");
        String token = created(Map.of("sub", "alice", "claims", claims)).path("token");

        assertThat(browser().get("/", bearer(token)).statusCode()).isEqualTo(200);

        assertThat(seen().header("x-auth-subject")).isEqualTo("alice");
        assertThat(seen().header("oidc_claim_sub")).isEqualTo("alice");
        assertThat(seen().header("x-auth-token-id")).doesNotContain("root", "forged");
    }

    @Test
    void shouldNotExposeItsInternalLocations() {
        assertThat(browser()
                        .get("/_sso/verdict", bearer(api().tokenFor("alice")))
                        .statusCode())
                .isEqualTo(403);
        assertThat(browser()
                        .get("/_sso/unknown", bearer(api().tokenFor("alice")))
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void shouldForwardClaimsAsEnvironmentVariables() {
        Path script = ShippedFile.write(
                site().folder().resolve("cgi/show"), "#!/bin/sh\necho Content-Type: text/plain\necho\nenv\n");
        assertThat(script.toFile().setExecutable(true, false)).isTrue();
        int port = Site.freePort();
        ShippedFile inside =
                shipped(site(), port).with(APPLICATION, "ScriptAlias \"/\" \"" + script.getParent() + "/\"");
        Map<String, ?> claims = Map.of("mail", "alice@mail.example");
        String token = created(Map.of("sub", "zoë", "claims", claims)).path("token");

        try (WebServer apache = start(site(), "cgi-site", port, inside)) {
            String environment = new Browser(port)
                    .get("/show", cookie(token), new String[] {"X-Auth-Subject", "forged"})
                    .body();

            assertThat(environment.lines())
                    .as(apache.output())
                    .contains("REMOTE_USER=zoë", "OIDC_CLAIM_mail=alice@mail.example", "HTTP_X_AUTH_SUBJECT=zo%c3%ab");
        }
    }

    @Test
    void shouldNotRedirectAUserWithoutARequiredClaimToTheLoginPage() {
        int port = Site.freePort();
        ShippedFile narrow = shipped(site(), port).with("Require valid-user", "Require claim team:red");

        try (WebServer apache = start(site(), "claim-site", port, narrow)) {
            Browser browser = new Browser(port);
            assertThat(browser.get("/", cookie(tokenOfTeam("blue")), FOR_A_PAGE).statusCode())
                    .isEqualTo(403);
            assertThat(browser.get("/", cookie(tokenOfTeam("red")), FOR_A_PAGE).statusCode())
                    .isEqualTo(200);
        }
    }

    private String tokenOfTeam(String team) {
        return created(Map.of("sub", "alice", "claims", Map.of("team", team))).path("token");
    }

    /** token-cache rejects the secret of the web server, so the web server cannot know whether a token is active. */
    @Test
    void shouldReportUnknownWhenTokenCacheRejectsTheWebServer() {
        int port = Site.freePort();
        ShippedFile stranger = shipped(site(), port).with(Site.SECRET, "another secret");
        ServiceApi api = api();

        try (WebServer apache = start(site(), "stranger-site", port, stranger)) {
            Browser browser = new Browser(port);
            assertUnknown(browser.once().get("/", cookie(api.tokenFor("alice")), FOR_A_PAGE));
            assertUnknown(browser.once().get("/", bearer(api.tokenFor("alice"))));
            assertRefused(browser.get("/", bearer("garbage")));
        }
    }

    /** The recipe of docs/clients.md: the Apache of an application verifies the identity that another web server passes on. */
    @Test
    void shouldVerifyASignedIdentity() {
        int port = Site.freePort();
        ShippedFile verifying = shipped(site(), port)
                .with("OIDCHTTPTimeoutLong                3", "OIDCHTTPTimeoutLong 60")
                .with(
                        "OIDCOAuthIntrospectionEndpoint     ${SSO_SERVICE}/oauth2/introspect",
                        "OIDCOAuthVerifyJwksUri ${SSO_SERVICE}/.well-known/jwks.json")
                .with("Require valid-user", "Require claim aud:shop\nRequire claim iss:https://tokens.example.org");
        String identity = new Browser(site().proxy().port())
                .get("/v1/auth", bearer(api().tokenFor("alice")))
                .headers()
                .firstValue("X-Auth-Identity")
                .orElseThrow();

        try (WebServer apache = start(site(), "identity-site", port, verifying)) {
            Browser browser = new Browser(port);
            assertThat(browser.get("/", bearer(identity)).statusCode())
                    .as(apache.output())
                    .isEqualTo(200);
            assertThat(seen().header("x-auth-subject")).isEqualTo("alice");
            String forged = identity.substring(0, identity.length() - 8) + "AAAAAAAA";
            assertThat(browser.get("/", bearer(forged)).statusCode()).isEqualTo(401);
        }
    }
}
