package dev.tokencache.deploy;

import dev.tokencache.testing.SystemPackage;
import java.nio.file.Path;

/** {@code deploy/haproxy}. */
class HaproxyIT extends ForwardAuthContract {

    private static final String HAPROXY = "/usr/sbin/haproxy";

    @Override
    WebServer start(Site site) {
        SystemPackage.require("haproxy", HAPROXY);
        Path folder = site.folder();
        Path lua = folder.resolve("token-cache.lua");
        // Abstract socket names are global to the machine, whatever the folder.
        String name = "token-cache-" + site.port();
        ShippedFile.of("haproxy/token-cache.lua")
                .with("abns@token-cache", "abns@" + name)
                .writeTo(lua);
        String publicPart = ShippedFile.of("haproxy/README.md").passage("http-request set-var(txn.sso_status)", "```");
        ShippedFile.of("haproxy/token-cache.cfg")
                .with("http-request lua.sso\n", publicPart + "\n")
                .with("/etc/haproxy/token-cache.lua", lua.toString())
                .with("bind :80", "bind 127.0.0.1:" + site.port())
                .with("abns@token-cache", "abns@" + name)
                .with("127.0.0.1:8080", "127.0.0.1:" + site.wire().port())
                .with("127.0.0.1:3000", "127.0.0.1:" + site.application().port())
                .writeTo(folder.resolve("token-cache.cfg"));
        Path around = ShippedFile.write(folder.resolve("haproxy.cfg"), "global\n    log stdout format raw local0\n");
        return WebServer.start(
                folder,
                site.port(),
                HAPROXY,
                "-db",
                "-f",
                around.toString(),
                "-f",
                folder.resolve("token-cache.cfg").toString());
    }
}
