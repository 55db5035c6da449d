package dev.tokencache.operator.console;

import dev.tokencache.caller.Caller;
import io.vertx.core.MultiMap;
import java.util.Optional;

/**
 * A request for a page.
 *
 * @param frame what surrounds each page
 * @param query the parameters of the query
 */
record Visit(Frame frame, Caller caller, MultiMap query) {

    Optional<String> query(String name) {
        return Optional.ofNullable(query.get(name)).map(String::strip).filter(value -> !value.isEmpty());
    }
}
