package dev.tokencache.operator.drill;

import dev.tokencache.redis.Endpoint;
import java.util.List;

/** Sends commands to single nodes with the operator's credentials, and waits for the replies. A call throws {@link Failure}. */
public interface Nodes {

    /** The reply as a text; empty for nil. */
    String text(Endpoint node, String... command);

    /** The elements of the reply as texts. */
    List<String> list(Endpoint node, String... command);

    /** Whether a new connection can log in with these credentials. */
    boolean canLogIn(Endpoint node, String user, String password);

    /** The words of {@code MIGRATE} that log in to the other node with the operator's credentials. */
    List<String> migrateLogin();

    /** Why a command has no reply: a sentence without addresses and secrets. */
    final class Failure extends RuntimeException {

        private static final long serialVersionUID = 1L;

        public Failure(String message) {
            super(message, null, false, false);
        }
    }
}
