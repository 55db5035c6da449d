package dev.tokencache.token;

/** The durability of an acknowledged write, strongest first. */
public enum Durability {
    /** The master and the configured number of replicas have it. */
    AS_CONFIGURED,
    /** The master has it, but fewer replicas than configured: the loss of one more node could undo it. */
    UNDER_REPLICATED,
    /** The journal has it, because Redis did not accept it as configured. It is replayed to Redis until it has. */
    JOURNALED;

    public Durability and(Durability other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
