package dev.tokencache.operator.drill;

import java.util.List;

/** Tokens of every shard that are created, validated, renewed and expired through the service itself. */
public interface Canaries {

    /** Creates the first tokens, and starts the steady calls. Throws {@link IllegalStateException} if the service refuses. */
    void start(ClusterState cluster, Scores scores);

    /** The slots of the tokens that live during the whole drill. */
    List<Integer> slots(int shard);

    /** Ends the steady calls, checks every acknowledged write, and removes the tokens. */
    void finish();
}
