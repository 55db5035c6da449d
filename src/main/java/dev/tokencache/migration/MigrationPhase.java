package dev.tokencache.migration;

import dev.tokencache.token.InvalidRequestException;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How far a migration has come: a step, of 100 tokens how many are read from the cluster first, and of 100 validations
 * how many are compared with the other side. Some steps fix a percentage.
 */
public record MigrationPhase(Step step, int readPercent, int mirrorPercent) {

    static final int DEFAULT_MIRROR_PERCENT = 10;
    static final int DEFAULT_READ_PERCENT = 1;
    public static final MigrationPhase LEGACY = new MigrationPhase(Step.LEGACY, 0, 0);
    public static final MigrationPhase DONE = new MigrationPhase(Step.DONE, 100, 0);

    public enum Step implements Labelled {
        /** The old store answers. Expiries and not-before times reach the cluster too. */
        LEGACY,
        /** The old store answers; every write is also sent to the cluster, without waiting for it. */
        MIRROR,
        /** Both stores have every write; some of the tokens are read from the cluster first. */
        RAMP,
        /** Both stores have every write; the cluster is read first. */
        CLUSTER,
        /** Only the cluster is in use. Final: the old store lacks everything that was written since. */
        DONE;

        public static final String NAMES =
                Arrays.stream(values()).map(Step::label).collect(Collectors.joining(", "));

        public static Optional<Step> of(String label) {
            return Arrays.stream(values())
                    .filter(step -> step.label().equals(label))
                    .findFirst();
        }

        /** One step forward, any number back; {@link #DONE} is final. */
        boolean canBecome(Step next) {
            return this != DONE && next.ordinal() <= ordinal() + 1;
        }
    }

    public MigrationPhase {
        checkPercent("read_percent", readPercent);
        checkPercent("mirror_percent", mirrorPercent);
    }

    private static void checkPercent(String field, int value) {
        if (value < 0 || value > 100) {
            throw new InvalidRequestException(field, "must be from 0 to 100");
        }
    }

    public static MigrationPhase mirror(int mirrorPercent) {
        return new MigrationPhase(Step.MIRROR, 0, mirrorPercent);
    }

    public static MigrationPhase ramp(int readPercent, int mirrorPercent) {
        return new MigrationPhase(Step.RAMP, readPercent, mirrorPercent);
    }

    public static MigrationPhase cluster(int mirrorPercent) {
        return new MigrationPhase(Step.CLUSTER, 100, mirrorPercent);
    }

    /** The phase of a step; ignores the percentages that the step fixes. */
    public static MigrationPhase of(Step step, int readPercent, int mirrorPercent) {
        return switch (step) {
            case LEGACY -> LEGACY;
            case MIRROR -> mirror(mirrorPercent);
            case RAMP -> ramp(readPercent, mirrorPercent);
            case CLUSTER -> cluster(mirrorPercent);
            case DONE -> DONE;
        };
    }

    public String name() {
        return step.label();
    }

    public boolean is(Step other) {
        return step == other;
    }

    /** Whether live tokens of the old store may be copied to the cluster. */
    public boolean allowsCopies() {
        return step != Step.LEGACY && step != Step.DONE;
    }
}
