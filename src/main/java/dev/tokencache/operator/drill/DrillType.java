package dev.tokencache.operator.drill;

import java.time.Duration;
import java.util.Locale;

/** What a drill rehearses. */
public enum DrillType {
    HANDOVER(1, "a replica of one shard takes over from its master"),
    ROLLING(1, "every node restarts: the replicas of a shard, then its old master after a hand-over"),
    LOSE_MASTER(8, "a hook kills a master, and a replica takes over"),
    LOSE_REPLICA(1, "a hook kills a replica"),
    PASSWORD(2, "the service gets a new Redis password, while the old one is still valid"),
    RESHARD(1, "slots in use move to another shard and back");

    private final Duration unknownBudget;
    private final String summary;

    DrillType(int unknownSeconds, String summary) {
        this.unknownBudget = Duration.ofSeconds(unknownSeconds);
        this.summary = summary;
    }

    /** How long the verdicts or the writes of an affected shard may be unknown in all, unless the operator decides. */
    public Duration unknownBudget() {
        return unknownBudget;
    }

    /** Whether only a program of the operator's can do it. */
    public boolean needsHook() {
        return this == LOSE_MASTER || this == LOSE_REPLICA || this == PASSWORD;
    }

    public String summary() {
        return summary;
    }

    /** As on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
