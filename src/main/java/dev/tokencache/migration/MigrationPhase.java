package dev.tokencache.migration;

import java.util.Optional;

/**
 * How far a migration has come. A transition that is not here is not legal: one step forward, any number back, and none out
 * of {@link Done}, since the old store knows nothing of what came after.
 */
public sealed interface MigrationPhase {

    /** The part of the validations that are compared, unless another one is asked for. */
    int DEFAULT_MIRROR_PERCENT = 10;

    /** The part of the tokens that are read from the cluster, unless another one is asked for. */
    int DEFAULT_READ_PERCENT = 1;

    /** The name in the API, in metrics and in Redis. */
    String name();

    /** The place in the order of the phases, from 0. */
    int order();

    /** Of 100 tokens, how many are read from the cluster first. */
    int readPercent();

    /** Of 100 validations, how many are also asked of the other side and compared. */
    int mirrorPercent();

    /** Whether what is alive in the old store may be copied to the cluster. */
    default boolean allowsCopies() {
        return order() >= 1 && order() <= 3;
    }

    /** Everything is as before: the old store answers. Expiries and marks reach the cluster too. */
    record Legacy() implements MigrationPhase {
        /** One step forward. */
        public Mirror mirror(int mirrorPercent) {
            return new Mirror(mirrorPercent);
        }

        @Override
        public String name() {
            return "legacy";
        }

        @Override
        public int order() {
            return 0;
        }

        @Override
        public int readPercent() {
            return 0;
        }

        @Override
        public int mirrorPercent() {
            return 0;
        }
    }

    /** The old store answers; the cluster is told of every write, as well as it can. */
    record Mirror(int mirrorPercent) implements MigrationPhase {
        public Mirror {
            Percent.check("mirror_percent", mirrorPercent);
        }

        /** One step forward. */
        public Ramp ramp(int readPercent, int newMirrorPercent) {
            return new Ramp(readPercent, newMirrorPercent);
        }

        /** Another part, more or less. */
        public Mirror mirror(int newMirrorPercent) {
            return new Mirror(newMirrorPercent);
        }

        /** Back to the start. */
        public Legacy legacy() {
            return new Legacy();
        }

        @Override
        public String name() {
            return "mirror";
        }

        @Override
        public int order() {
            return 1;
        }

        @Override
        public int readPercent() {
            return 0;
        }
    }

    /** Both stores have every write; a part of the tokens is read from the cluster first. */
    record Ramp(int readPercent, int mirrorPercent) implements MigrationPhase {
        public Ramp {
            Percent.check("read_percent", readPercent);
            Percent.check("mirror_percent", mirrorPercent);
        }

        /** One step forward. */
        public Cluster cluster(int newMirrorPercent) {
            return new Cluster(newMirrorPercent);
        }

        /** Another part, more or less. */
        public Ramp ramp(int newReadPercent, int newMirrorPercent) {
            return new Ramp(newReadPercent, newMirrorPercent);
        }

        /** One step back. */
        public Mirror mirror(int newMirrorPercent) {
            return new Mirror(newMirrorPercent);
        }

        /** Back to the start. */
        public Legacy legacy() {
            return new Legacy();
        }

        @Override
        public String name() {
            return "ramp";
        }

        @Override
        public int order() {
            return 2;
        }
    }

    /** Both stores have every write; the cluster is read first. */
    record Cluster(int mirrorPercent) implements MigrationPhase {
        public Cluster {
            Percent.check("mirror_percent", mirrorPercent);
        }

        /** Another part, more or less. */
        public Cluster cluster(int newMirrorPercent) {
            return new Cluster(newMirrorPercent);
        }

        /** The last step, for good. */
        public Done done() {
            return new Done();
        }

        /** One step back. */
        public Ramp ramp(int readPercent, int newMirrorPercent) {
            return new Ramp(readPercent, newMirrorPercent);
        }

        /** Two steps back. */
        public Mirror mirror(int newMirrorPercent) {
            return new Mirror(newMirrorPercent);
        }

        /** Back to the start. */
        public Legacy legacy() {
            return new Legacy();
        }

        @Override
        public String name() {
            return "cluster";
        }

        @Override
        public int order() {
            return 3;
        }

        @Override
        public int readPercent() {
            return 100;
        }
    }

    /** The cluster is all there is; the old store is no longer asked or told. */
    record Done() implements MigrationPhase {
        @Override
        public String name() {
            return "done";
        }

        @Override
        public int order() {
            return 4;
        }

        @Override
        public int readPercent() {
            return 100;
        }

        @Override
        public int mirrorPercent() {
            return 0;
        }
    }

    /** The phase of a name, with what its percentages are, or empty if there is no such phase. */
    static Optional<MigrationPhase> of(String name, int readPercent, int mirrorPercent) {
        return switch (name) {
            case "legacy" -> Optional.of(new Legacy());
            case "mirror" -> Optional.of(new Mirror(mirrorPercent));
            case "ramp" -> Optional.of(new Ramp(readPercent, mirrorPercent));
            case "cluster" -> Optional.of(new Cluster(mirrorPercent));
            case "done" -> Optional.of(new Done());
            default -> Optional.empty();
        };
    }
}
