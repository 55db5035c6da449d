package dev.tokencache.deploy;

import dev.tokencache.testing.SystemPackage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Debian's PHP-FPM. Its one script returns the identity that PHP reads from a request. */
final class PhpFpm {

    /** The path of the script. */
    static final String SCRIPT = "/php/identity.php";

    private static final String IDENTITY = """
            <?php
            header('Content-Type: text/plain');
            ksort($_SERVER);
            foreach ($_SERVER as $name => $value) {
                if (str_starts_with($name, 'HTTP_X_AUTH')) {
                    echo "$name=$value\\n";
                }
            }
            """;

    private static final String POOL = """
            [global]
            error_log = /dev/stderr
            daemonize = no
            [www]
            %s
            listen = %s
            listen.mode = 0666
            pm = static
            pm.max_children = 2
            """;

    private PhpFpm() {}

    /** The document root. */
    static Path root(Site site) {
        return site.folder().resolve("www");
    }

    /** The socket that {@link #start} listens on. */
    static Path socket(Site site) {
        return site.folder().resolve("php.sock");
    }

    static WebServer start(Site site) {
        Path program = program();
        SystemPackage.require("php-fpm", program.toString());
        ShippedFile.write(Path.of(root(site) + SCRIPT), IDENTITY);
        String user = WebServer.asRoot() ? "user = www-data\ngroup = www-data" : "";
        Path folder = site.folder().resolve("php");
        Path pool = ShippedFile.write(folder.resolve("fpm.conf"), POOL.formatted(user, socket(site)));
        return WebServer.start(
                folder, () -> Files.exists(socket(site)), program.toString(), "-n", "-y", pool.toString());
    }

    /** Debian names the program after its version. */
    private static Path program() {
        try (Stream<Path> programs = Files.list(Path.of("/usr/sbin"))) {
            return programs.filter(path -> path.getFileName().toString().startsWith("php-fpm"))
                    .findAny()
                    .orElse(Path.of("/usr/sbin/php-fpm"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
