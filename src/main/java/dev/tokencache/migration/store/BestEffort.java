package dev.tokencache.migration.store;

import io.smallrye.mutiny.Uni;
import org.jboss.logging.Logger;

/** What happens behind an answer, and changes nothing in it. */
final class BestEffort {

    private static final Logger LOG = Logger.getLogger(BestEffort.class);

    private BestEffort() {}

    static void run(Uni<?> call) {
        call.subscribe()
                .with(
                        done -> {},
                        failure -> LOG.debugf(
                                "Not done behind an answer; cause=%s",
                                failure.getClass().getSimpleName()));
    }
}
