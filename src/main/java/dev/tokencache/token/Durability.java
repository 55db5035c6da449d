package dev.tokencache.token;

/** How safe an acknowledged write is. */
public enum Durability {
    /** It is kept where the configuration says that a write must be kept. */
    AS_CONFIGURED,
    /** It is kept, but fewer replicas have it than were asked for: the loss of one more node could undo it. */
    UNDER_REPLICATED;

    /** The worse of two. */
    public Durability and(Durability other) {
        return this == AS_CONFIGURED ? other : this;
    }
}
