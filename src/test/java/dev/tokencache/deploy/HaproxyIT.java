package dev.tokencache.deploy;

import dev.tokencache.testing.SystemPackage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code deploy/haproxy}. */
class HaproxyIT extends ForwardAuthContract {

    private static final int LENGTH = 300_000;
    private static final int PATIENCE_MILLIS = 30_000;

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
                .with("127.0.0.1:8080", "127.0.0.1:" + site.proxy().port())
                .with("127.0.0.1:3000", "127.0.0.1:" + site.application().port())
                .writeTo(folder.resolve("token-cache.cfg"));
        Path around = ShippedFile.write(
                folder.resolve("haproxy.cfg"), "global\n    log stdout format raw local0\n    tune.bufsize 65536\n");
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

    /** A proxy that replies without reading the body must close, and the client may lose the reply. */
    @Test
    void shouldReadTheBodyOfARequestThatItRefuses() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), site().port())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            for (int request = 0; request < 2; request++) {
                OutputStream out = socket.getOutputStream();
                out.write(("POST /page HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: " + LENGTH + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                for (int sent = 0; sent < LENGTH; sent += LENGTH / 10) {
                    out.write(new byte[LENGTH / 10]);
                    out.flush();
                }
                assertThat(head(socket.getInputStream())).startsWith("HTTP/1.1 401 ");
            }
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            assertThat(next).as("the connection is closed after: %s", head).isNotNegative();
            head.append((char) next);
        }
        return head.toString();
    }
}
