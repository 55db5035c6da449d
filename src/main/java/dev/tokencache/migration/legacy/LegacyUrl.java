package dev.tokencache.migration.legacy;

import dev.tokencache.http.PercentEncoding;

/** Builds the URLs of the servers of the old Redis. Pure. */
final class LegacyUrl {

    private LegacyUrl() {}

    /** The URL with the configured user, if any: the client takes a user from nowhere else. */
    static String withUser(String url, LegacyConfig config) {
        if (config.username().isEmpty()) {
            return url;
        }
        int host = url.indexOf("://") + 3;
        String user = PercentEncoding.encode(config.username().get());
        String password = PercentEncoding.encode(config.password().orElse(""));
        return url.substring(0, host) + user + ":" + password + "@" + url.substring(host);
    }
}
