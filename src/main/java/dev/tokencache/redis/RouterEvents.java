package dev.tokencache.redis;

import java.util.List;
import java.util.function.Predicate;

/** What the router tells of itself, to be counted. Called on event loops: implementations must not block. */
public interface RouterEvents {

    /** A node said that a slot has moved for good. */
    void moved();

    /** A node said that a slot is just moving. */
    void asked();

    /** The slot map was read anew. */
    void refreshed();

    /** No node could be asked for the slot map. */
    void refreshFailed();

    /**
     * Other nodes are known than before, or they have other roles.
     *
     * @param nodes all nodes that are known now
     * @param isUp says of a node, at any later time and from any thread, whether there is a connection to it
     */
    void nodesChanged(List<RouterState.Node> nodes, Predicate<Endpoint> isUp);

    /** A connection was closed because its node did not answer in time. */
    void deadlineClosed();

    /** A write was answered that fewer replicas have than were asked for. */
    void underReplicated();

    /** A call was refused because too many are under way. */
    void shed();

    /** A connection could not be made. */
    void connectFailed();
}
