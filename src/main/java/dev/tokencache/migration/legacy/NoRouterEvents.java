package dev.tokencache.migration.legacy;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.RouterEvents;
import dev.tokencache.redis.RouterState;
import java.util.List;
import java.util.function.Predicate;

/**
 * Ignores the events of the router to the old Redis: its owners monitor the nodes, and failed calls count as migration
 * errors.
 */
final class NoRouterEvents implements RouterEvents {

    @Override
    public void moved() {}

    @Override
    public void asked() {}

    @Override
    public void refreshed() {}

    @Override
    public void refreshFailed() {}

    @Override
    public void nodesChanged(List<RouterState.Node> nodes, Predicate<Endpoint> isUp) {}

    @Override
    public void deadlineClosed() {}

    @Override
    public void underReplicated() {}

    @Override
    public void shed() {}

    @Override
    public void foreignNode() {}

    @Override
    public void connectFailed() {}

    @Override
    public void distrusted(Distrust reason) {}
}
