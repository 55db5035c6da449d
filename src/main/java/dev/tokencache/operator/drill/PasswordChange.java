package dev.tokencache.operator.drill;

import dev.tokencache.operator.drill.ClusterState.Node;
import dev.tokencache.operator.drill.DrillPlan.Settings;
import dev.tokencache.operator.drill.DrillPlan.Step;
import dev.tokencache.token.InvalidRequestException;
import dev.tokencache.token.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The two-password rotation of docs/runbooks/password-rotation.md. Only hashes of passwords are sent. The old password is
 * removed from one node at a time, and put back if the service does not log in again.
 */
final class PasswordChange {

    private static final int FIRST_WITH_ACL = 6;
    private static final Duration LOGIN = Duration.ofSeconds(15);
    private static final Duration OBSERVED = Duration.ofSeconds(2);

    private PasswordChange() {}

    static List<Step> steps(ClusterState cluster, Nodes nodes, Settings settings) {
        Hook hook = settings.hook();
        if (settings.newPassword().isEmpty()) {
            throw new InvalidRequestException("new_password_file", "is missing: the password that the service gets");
        }
        if (hook == null) {
            throw new InvalidRequestException(
                    "hook", "is missing: the program that writes the new password into the files of every instance");
        }
        cluster.nodes().forEach(node -> requireUser(nodes, node, settings.serviceUser()));
        List<Step> steps = new ArrayList<>();
        steps.add(new Step("add the new password to each node", -1, null, PasswordChange::add));
        steps.add(new Step(
                "give the service the new password by the hook",
                -1,
                null,
                run -> run.hook(hook, "password", run.plan.before().nodes().get(0))));
        for (Node node : cluster.nodes()) {
            steps.add(new Step(
                    "remove the old password from " + node + ", and close the connections that use it",
                    -1,
                    node.address(),
                    run -> replace(run, node)));
        }
        steps.add(new Step("check that only the new password is valid", -1, null, PasswordChange::verify));
        return List.copyOf(steps);
    }

    /** The service cannot follow without downtime if its user cannot have two passwords. */
    private static void requireUser(Nodes nodes, Node node, String user) {
        if (Handover.isOlder(node.version(), Integer.toString(FIRST_WITH_ACL))) {
            throw new InvalidRequestException(
                    "type",
                    node + " runs Redis " + node.version()
                            + ", which has one password at a time: see docs/runbooks/password-rotation.md");
        }
        if (user.equals("default")) {
            throw new InvalidRequestException(
                    "service_user",
                    "the replicas use the password of \"default\" as well;"
                            + " see docs/runbooks/password-rotation.md");
        }
        if (hashes(nodes, node, user).isEmpty()) {
            throw new InvalidRequestException(
                    "service_user",
                    user + " has no password on " + node
                            + ". A service that logs in with requirepass needs docs/runbooks/password-rotation.md");
        }
    }

    private static List<String> hashes(Nodes nodes, Node node, String user) {
        return nodes.list(node.address(), "ACL", "LIST").stream()
                .filter(line -> line.startsWith("user " + user + " "))
                .flatMap(line -> Stream.of(line.split(" ")))
                .filter(word -> word.matches("#[0-9a-f]{64}"))
                .toList();
    }

    private static String hash(Settings settings) {
        return "#" + HexFormat.of().formatHex(Sha256.hash(settings.newPassword().getBytes(StandardCharsets.UTF_8)));
    }

    private static void add(DrillRun run) {
        Settings settings = run.settings();
        String user = settings.serviceUser();
        run.undone(
                "the new password of " + user + " is valid as well",
                "run the drill again, or on each node: ACL SETUSER " + user + " and the new password after a <");
        for (Node node : run.plan.before().nodes()) {
            run.send(node, "ACL", "SETUSER", user, hash(settings));
            if (!run.nodes().canLogIn(node.address(), user, settings.newPassword())) {
                throw run.broken(user + " cannot log in to " + node + " with the new password");
            }
        }
    }

    private static void replace(DrillRun run, Node node) {
        String user = run.settings().serviceUser();
        List<String> old = hashes(run.nodes(), node, user).stream()
                .filter(hash -> !hash.equals(hash(run.settings())))
                .toList();
        if (old.isEmpty()) {
            return;
        }
        run.undone(
                "the old password of " + user + " is no longer valid on " + node,
                "on it: ACL SETUSER " + user + " and the old password after a >",
                () -> set(run.nodes(), node, user, old));
        run.struck();
        set(
                run.nodes(),
                node,
                user,
                old.stream().map(hash -> "!" + hash.substring(1)).toList());
        boolean wasUsed = isUsed(run, node, user);
        run.send(node, "CLIENT", "KILL", "USER", user);
        run.observe(OBSERVED);
        if (wasUsed) {
            run.await(
                    "the service to log in to " + node,
                    LOGIN,
                    () -> isUsed(run, node, user)
                            ? Optional.empty()
                            : Optional.of(user + " has no connection to " + node + " with the new password"));
        }
    }

    private static void set(Nodes nodes, Node node, String user, List<String> rules) {
        List<String> command = new ArrayList<>(List.of("ACL", "SETUSER", user));
        command.addAll(rules);
        nodes.text(node.address(), command.toArray(String[]::new));
    }

    private static boolean isUsed(DrillRun run, Node node, String user) {
        return run.send(node, "CLIENT", "LIST").lines().anyMatch(line -> line.contains(" user=" + user + " "));
    }

    private static void verify(DrillRun run) {
        for (Node node : run.plan.before().nodes()) {
            if (!hashes(run.nodes(), node, run.settings().serviceUser()).equals(List.of(hash(run.settings())))) {
                throw run.broken(run.settings().serviceUser() + " has other passwords than the new one on " + node);
            }
        }
        run.settledAll();
        run.say("put the hash of the new password into users.acl of each node: a restarted node reads it");
    }
}
