package dev.tokencache.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The configuration that loads modules of Debian's Apache and their dependencies, as {@code a2enmod} writes it. */
final class ApacheModules {

    private static final Path AVAILABLE = Path.of("/etc/apache2/mods-available");

    /** The modules of a fresh installation that others may depend on. */
    private static final List<String> PREINSTALLED = List.of(
            "mpm_event", "authn_core", "authz_core", "authz_host", "authz_user", "alias", "env", "filter", "setenvif");

    private static final Pattern DEPENDS = Pattern.compile("^# Depends: (.+)$", Pattern.MULTILINE);
    private static final Pattern A2ENMOD = Pattern.compile("a2enmod ([a-z0-9_ ]+)");

    private final Set<String> enabled = new LinkedHashSet<>();

    private ApacheModules() {}

    /** Returns the modules that a README enables, in addition to the preinstalled ones. */
    static ApacheModules asDocumentedIn(ShippedFile readme) {
        ApacheModules modules = new ApacheModules();
        PREINSTALLED.forEach(modules::enable);
        Matcher command = A2ENMOD.matcher(readme.text());
        if (!command.find()) {
            throw new IllegalArgumentException("deploy/" + readme.path() + " names no modules");
        }
        return modules.with(command.group(1).trim().split(" "));
    }

    ApacheModules with(String... modules) {
        for (String module : modules) {
            enable(module);
        }
        return this;
    }

    private void enable(String module) {
        Matcher depends = DEPENDS.matcher(read(AVAILABLE.resolve(module + ".load")));
        if (depends.find()) {
            with(depends.group(1).trim().split(" "));
        }
        enabled.add(module);
    }

    /** The configuration lines that load the modules. */
    String configuration() {
        List<String> lines = new ArrayList<>();
        for (String module : enabled) {
            lines.add("Include " + AVAILABLE.resolve(module + ".load"));
            Path settings = AVAILABLE.resolve(module + ".conf");
            if (Files.exists(settings)) {
                lines.add("Include " + settings);
            }
        }
        return String.join("\n", lines);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
