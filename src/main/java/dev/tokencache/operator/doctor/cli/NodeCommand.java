package dev.tokencache.operator.doctor.cli;

import dev.tokencache.cli.AdminCommand;
import dev.tokencache.cli.ExitCode;
import dev.tokencache.operator.nodes.NodeLogin;
import dev.tokencache.redis.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A command that can also connect to Redis itself: with addresses and credentials of nodes. */
public abstract class NodeCommand extends AdminCommand {

    @Option(
            names = "--host",
            paramLabel = "<host:port>",
            split = ",",
            description = "A Redis node, some of the cluster's; the others are found. Can be repeated.")
    List<String> hosts = new ArrayList<>();

    @Option(names = "--user", paramLabel = "<user>", description = "An ACL user of Redis (default: no user).")
    String user = "";

    @Option(
            names = "--password",
            paramLabel = "<password>",
            arity = "0..1",
            interactive = true,
            defaultValue = "${env:TOKENCACHE_REDIS_PASSWORD}",
            description = "Its password (TOKENCACHE_REDIS_PASSWORD). Without a value the command prompts for it.")
    @Nullable
    String password;

    @Option(names = "--password-file", paramLabel = "<file>", description = "A file that contains only the password.")
    @Nullable
    Path passwordFile;

    @Option(names = "--tls", description = "Connect by TLS.")
    boolean tls;

    @Option(
            names = "--ca-file",
            paramLabel = "<file>",
            description = "The issuer of the nodes' certificates (PEM); implies --tls.")
    @Nullable
    Path authority;

    @Option(
            names = "--key-prefix",
            paramLabel = "<prefix>",
            defaultValue = "tc:",
            description = "tokencache.redis.key-prefix, to sample keys (${DEFAULT-VALUE}).")
    protected String keyPrefix = "tc:";

    protected final List<Endpoint> nodes() {
        return hosts.stream()
                .map(host -> Endpoint.parse(host, "")
                        .orElseThrow(() -> ExitCode.USAGE.failure("--host must be <host>:<port>")))
                .toList();
    }

    protected final NodeLogin login() {
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
