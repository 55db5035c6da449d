package dev.tokencache.operator.console;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What a form did, as the page says it afterwards. The address of that page has only the name. */
enum Notice {
    TOKEN_EXPIRED("The token is expired."),
    SUBJECT_EXPIRED("All tokens of this subject are expired."),
    OTHERS_EXPIRED("All other tokens of this subject are expired."),
    JOURNALED("Redis cannot take the change now. It is in the journal and holds already."),
    UNDER_REPLICATED("Done, but fewer replicas than configured have it: the loss of a node could undo it."),
    MIGRATION_CHANGED("The migration is changed. Every instance follows within two seconds."),
    BACKFILL_REQUESTED("The request is stored. One of the instances follows it within seconds."),
    DOCTOR_RAN("Doctor has examined the cluster."),
    DRILL_STARTED("The drill has started."),
    DRILL_ABORTED("The drill ends after its present step.");

    private final String words;

    Notice(String words) {
        this.words = words;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The words for a label; empty if there is no such notice. */
    static String words(Optional<String> label) {
        return label.flatMap(wanted -> Stream.of(values())
                        .filter(notice -> notice.label().equals(wanted))
                        .findFirst())
                .map(notice -> notice.words)
                .orElse("");
    }
}
