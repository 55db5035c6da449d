package dev.tokencache.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that calls the admin API: with the address of the service and the credentials of the caller. */
public abstract class AdminCommand implements Callable<Integer> {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    @Spec
    protected CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--url",
            paramLabel = "<url>",
            defaultValue = "${env:TOKENCACHE_URL:-http://127.0.0.1:8080}",
            description = "The service, any replica (TOKENCACHE_URL; http://127.0.0.1:8080).")
    String url = "";

    @Option(
            names = "--caller",
            paramLabel = "<id>",
            defaultValue = "${env:TOKENCACHE_CALLER}",
            description = "A caller with the role admin (TOKENCACHE_CALLER).")
    protected @Nullable String caller;

    @Option(
            names = "--secret",
            paramLabel = "<secret>",
            arity = "0..1",
            interactive = true,
            defaultValue = "${env:TOKENCACHE_SECRET}",
            description =
                    "Its secret (TOKENCACHE_SECRET). Without a value the command prompts for it: other users can see"
                            + " arguments.")
    @Nullable
    String secret;

    @Option(names = "--secret-file", paramLabel = "<file>", description = "A file that contains only the secret.")
    @Nullable
    Path secretFile;

    protected final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    protected final AdminApi api() {
        if (caller == null || caller.isEmpty()) {
            throw ExitCode.USAGE.failure("--caller or TOKENCACHE_CALLER must name a caller with the role admin");
        }
        return new AdminApi(base(), caller, readSecret(), TIMEOUT);
    }

    private URI base() {
        URI base;
        try {
            base = URI.create(url.replaceFirst("/+$", ""));
        } catch (IllegalArgumentException notOne) {
            throw ExitCode.USAGE.failure("--url is no URL");
        }
        if (base.getHost() == null || !("http".equals(base.getScheme()) || "https".equals(base.getScheme()))) {
            throw ExitCode.USAGE.failure("--url must begin with http:// or https:// and name a host");
        }
        return base;
    }

    private String readSecret() {
        if (secretFile != null) {
            try {
                return Files.readString(secretFile).strip();
            } catch (IOException unreadable) {
                throw ExitCode.USAGE.failure("--secret-file cannot be read");
            }
        }
        if (secret == null || secret.isEmpty()) {
            throw ExitCode.USAGE.failure("--secret, --secret-file or TOKENCACHE_SECRET must give the caller's secret");
        }
        return secret;
    }
}
