package dev.tokencache.operator.console;

import io.quarkus.qute.TemplateExtension;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Moments in templates. In UTC, since operators compare them with logs of several machines. */
@TemplateExtension
final class Moments {

    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private Moments() {}

    /** {@code 2026-11-30 03:12:05 UTC}. */
    static String text(Instant moment) {
        return FORMAT.format(moment);
    }
}
