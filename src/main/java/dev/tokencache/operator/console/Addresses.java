package dev.tokencache.operator.console;

import io.quarkus.qute.TemplateExtension;

/** Texts of others in addresses. */
@TemplateExtension
final class Addresses {

    private Addresses() {}

    /** The text as a part of a query. */
    static String address(String text) {
        return ConsoleRoutes.encoded(text);
    }
}
