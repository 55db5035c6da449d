package dev.tokencache.faults;

import dev.tokencache.testing.Outcome;
import dev.tokencache.testing.ServiceClient;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;

/**
 * Live tokens on every shard, and subjects to create more for. A shard is named by the port of the master that it had
 * at that time.
 */
record KnownTokens(List<Integer> shards, List<KnownToken> tokens, List<Writable> subjects) {

    private static final int TOKENS_PER_SHARD = 20;
    private static final int SUBJECTS_PER_SHARD = 5;
    private static final Duration PACE = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    record KnownToken(String token, String sub, int slot, int shard) {}

    /** A subject whose tokens the load creates and expires. */
    record Writable(String sub, int slot, int shard) {}

    /** Creates the tokens and waits until the replicas have them. */
    static KnownTokens create(TestCluster cluster, ServiceClient client) {
        String run = UUID.randomUUID().toString();
        try (SlotOwners owners = SlotOwners.of(cluster)) {
            List<KnownToken> tokens = new ArrayList<>();
            for (Writable subject : subjects(owners, run + "-read-", TOKENS_PER_SHARD)) {
                tokens.add(
                        new KnownToken(create(client, subject.sub()), subject.sub(), subject.slot(), subject.shard()));
            }
            KnownTokens known =
                    new KnownTokens(owners.masters(), tokens, subjects(owners, run + "-write-", SUBJECTS_PER_SHARD));
            known.awaitReplicated(cluster);
            return known;
        }
    }

    /** Returns {@code perShard} subjects of each shard, shuffled so that consecutive ones are on different shards. */
    private static List<Writable> subjects(SlotOwners owners, String prefix, int perShard) {
        List<Writable> subjects = new ArrayList<>();
        for (int shard : owners.masters()) {
            int found = 0;
            for (int i = 0; found < perShard; i++) {
                String sub = prefix + shard + "-" + i;
                int slot = owners.slotOfSubject(sub);
                if (owners.masterOf(slot) == shard) {
                    subjects.add(new Writable(sub, slot, shard));
                    found++;
                }
            }
        }
        Collections.shuffle(subjects);
        return List.copyOf(subjects);
    }

    /**
     * Creates a token and retries until that succeeds. Waits before each attempt: while the tokens of a scenario are created, nodes and services
     * recover from the fault of the scenario before.
     */
    static String create(ServiceClient client, String sub) {
        return Awaitility.await("a first token")
                .atMost(PATIENCE)
                .pollDelay(PACE)
                .pollInterval(PACE)
                .until(() -> client.create(sub).join(), written -> written.outcome() == Outcome.SERVED)
                .token()
                .orElseThrow();
    }

    /** The writable subjects on the shard of a master. */
    List<String> subjectsOf(TestNode master) {
        return subjects.stream()
                .filter(subject -> subject.shard() == master.port())
                .map(Writable::sub)
                .toList();
    }

    private void awaitReplicated(TestCluster cluster) {
        for (TestNode master : cluster.nodes()) {
            List<KnownToken> own = tokens.stream()
                    .filter(token -> token.shard() == master.port())
                    .toList();
            if (!own.isEmpty()) {
                cluster.replicasOf(master).forEach(replica -> awaitOn(replica, own));
            }
        }
    }

    private static void awaitOn(TestNode replica, List<KnownToken> tokens) {
        try (RespClient client = replica.connect()) {
            client.send("READONLY");
            Awaitility.await("the replica to have the tokens")
                    .atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> tokens.stream()
                            .map(KnownToken::sub)
                            .map(sub -> client.number("EXISTS", SlotOwners.keyOf(sub)))
                            .allMatch(exists -> exists == 1));
        }
    }
}
