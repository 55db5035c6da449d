package dev.tokencache.ops;

import java.security.Security;

/**
 * Limits how long the JDK caches host names. Nodes that restart in containers have new addresses behind the same names; the
 * JDK would connect to the old ones for 30 seconds, and not look for a missing name for 10 seconds.
 */
final class NameCache {

    private static final String NOT_FOUND = "networkaddress.cache.negative.ttl";
    /** The value in the JDK's {@code java.security}. */
    private static final String DEFAULT_NOT_FOUND = "10";
    /** The JDK ignores it if {@code networkaddress.cache.ttl} is set. */
    private static final String FOUND = "sun.net.inetaddr.ttl";

    private NameCache() {}

    /** Must be called before the first name is looked up. Does not replace a value that an operator has set. */
    static void limit() {
        if (System.getProperty(FOUND) == null) {
            System.setProperty(FOUND, "2");
        }
        // Last, because this call starts the logging, which looks up the name of this host: then the values are final.
        if (DEFAULT_NOT_FOUND.equals(Security.getProperty(NOT_FOUND))) {
            Security.setProperty(NOT_FOUND, "1");
        }
    }
}
