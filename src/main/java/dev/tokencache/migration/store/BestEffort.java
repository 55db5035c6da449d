package dev.tokencache.migration.store;

import io.smallrye.mutiny.Uni;
import org.jboss.logging.Logger;

/** Runs a call in the background: its result is ignored and its failure is only logged. */
final class BestEffort {

    private static final Logger LOG = Logger.getLogger(BestEffort.class);

    private BestEffort() {}

    static void run(Uni<?> call) {
        call.subscribe()
                .with(
                        done -> {},
                        failure -> LOG.debugf(
                                "Background call failed; cause=%s",
                                failure.getClass().getSimpleName()));
    }
}
