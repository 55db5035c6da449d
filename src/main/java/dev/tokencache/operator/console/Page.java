package dev.tokencache.operator.console;

import io.quarkus.qute.TemplateInstance;
import io.smallrye.mutiny.Uni;
import java.util.List;

/** A page of the console. Its methods run on an event loop and must not block. */
abstract class Page {

    private final String name;
    private final String title;

    /** @param name the last part of its path; empty for the first page */
    Page(String name, String title) {
        this.name = name;
        this.title = title;
    }

    final String name() {
        return name;
    }

    final String title() {
        return title;
    }

    /** The page, for a visit. */
    abstract Uni<TemplateInstance> whole(Visit visit);

    /** The part of the page that shows values, again and again while somebody looks. */
    abstract Uni<TemplateInstance> live();

    /** What its forms do. */
    List<Action> actions() {
        return List.of();
    }
}
