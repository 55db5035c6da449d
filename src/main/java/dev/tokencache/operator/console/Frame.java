package dev.tokencache.operator.console;

import java.util.List;

/**
 * What surrounds each page.
 *
 * @param current the name of the page
 * @param caller the id of the caller
 * @param instance the id of the instance that answers
 * @param notice what the last form did; empty if there was none
 */
public record Frame(
        String title,
        String current,
        List<Link> links,
        String caller,
        String instance,
        String version,
        String notice,
        Integrity integrity) {

    public Frame {
        links = List.copyOf(links);
    }

    /** A link of the navigation. */
    public record Link(String name, String title) {}

    /** For subresource integrity. */
    public record Integrity(String css, String htmx, String sse, String console) {}

    public boolean isCurrent(Link link) {
        return link.name().equals(current);
    }
}
