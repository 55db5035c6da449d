package dev.tokencache.operator.nodes;

import dev.tokencache.cli.ExitCode;
import dev.tokencache.redis.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a command that connects to Redis itself: addresses and credentials of nodes. */
public final class NodeOptions {

    @Option(
            names = "--host",
            paramLabel = "<host:port>",
            split = ",",
            description = "A Redis node, some of the cluster's; the others are found. Can be repeated.")
    private List<String> hosts = new ArrayList<>();

    @Option(names = "--user", paramLabel = "<user>", description = "An ACL user of Redis (default: no user).")
    private String user = "";

    @Option(
            names = "--password",
            paramLabel = "<password>",
            arity = "0..1",
            interactive = true,
            defaultValue = "${env:TOKENCACHE_REDIS_PASSWORD}",
            description = "Its password (TOKENCACHE_REDIS_PASSWORD). Without a value the command prompts for it.")
    private @Nullable String password;

    @Option(names = "--password-file", paramLabel = "<file>", description = "A file that contains only the password.")
    private @Nullable Path passwordFile;

    @Option(names = "--tls", description = "Connect by TLS.")
    private boolean tls;

    @Option(
            names = "--ca-file",
            paramLabel = "<file>",
            description = "The issuer of the nodes' certificates (PEM); implies --tls.")
    private @Nullable Path authority;

    @Option(
            names = "--key-prefix",
            paramLabel = "<prefix>",
            defaultValue = "tc:",
            description = "tokencache.redis.key-prefix (${DEFAULT-VALUE}).")
    private String keyPrefix = "tc:";

    public String keyPrefix() {
        return keyPrefix;
    }

    /** The given nodes; none if the option is absent. */
    public List<Endpoint> nodes() {
        return hosts.stream()
                .map(host -> Endpoint.parse(host, "")
                        .orElseThrow(() -> ExitCode.USAGE.failure("--host must be <host>:<port>")))
                .toList();
    }

    public NodeLogin login() {
        if (authority != null && !Files.isReadable(authority)) {
            throw ExitCode.USAGE.failure("--ca-file cannot be read");
        }
        return new NodeLogin(user, readPassword(), tls || authority != null, authority);
    }

    private String readPassword() {
        if (passwordFile == null) {
            return password == null ? "" : password;
        }
        try {
            return Files.readString(passwordFile).stripTrailing();
        } catch (IOException unreadable) {
            throw ExitCode.USAGE.failure("--password-file cannot be read");
        }
    }
}
