package dev.tokencache.operator.console;

import io.quarkus.qute.TemplateInstance;
import io.smallrye.mutiny.Uni;
import java.util.List;

/** A page of the console. Its methods run on an event loop and must not block. */
interface Page {

    /** The last part of its path; empty for the first page. */
    String name();

    String title();

    /** The page, for a visit. */
    Uni<TemplateInstance> whole(Visit visit);

    /** The part of the page that shows values, again and again while somebody looks. */
    Uni<TemplateInstance> live();

    /** What its forms do. */
    default List<Action> actions() {
        return List.of();
    }
}
