package dev.tokencache.migration.legacy;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.RouterEvents;
import dev.tokencache.redis.RouterState;
import java.util.List;
import java.util.function.Predicate;

/** The old Redis' nodes are other people's to watch; what it costs us is counted as errors of its side. */
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
    public void connectFailed() {}
}
