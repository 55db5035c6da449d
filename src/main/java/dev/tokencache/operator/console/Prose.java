package dev.tokencache.operator.console;

import io.quarkus.qute.RawString;
import io.quarkus.qute.TemplateExtension;
import java.util.regex.Pattern;

/** Texts of the API description in templates. */
@TemplateExtension
final class Prose {

    private static final Pattern CODE = Pattern.compile("`([^`]*)`");

    private Prose() {}

    /** The text with code between backticks marked as such, and everything else escaped. */
    static RawString prose(String text) {
        String escaped = text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
        return new RawString(CODE.matcher(escaped).replaceAll("<code>$1</code>"));
    }
}
