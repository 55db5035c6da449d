package dev.tokencache.operator.console;

import dev.tokencache.caller.Caller;
import dev.tokencache.caller.Role;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.mutiny.Uni;
import java.util.Map;
import java.util.function.Function;

/**
 * What a form does.
 *
 * @param path after that of the console
 * @param role the role that the caller needs in addition to {@link Role#ADMIN}
 */
record Action(String path, Role role, Run run) {

    /** Does it. Fails with a {@link RefusedException} if the present state does not allow it. */
    interface Run {
        Uni<? extends Result> of(Form form, Caller caller);
    }

    sealed interface Result permits Done, Shown {}

    /**
     * It is done.
     *
     * @param page the page that the browser shows next
     * @param query the parameters of its address
     */
    record Done(String page, Map<String, String> query, Notice notice) implements Result {}

    /** A page answers the form itself. */
    record Shown(Function<Frame, TemplateInstance> page) implements Result {}

    /** The message is for the operator. */
    static final class RefusedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message, null, false, false);
        }
    }
}
