package dev.tokencache.devmode;

/** The commands that dev mode logs for a newcomer to try. */
final class DevGreeting {

    private DevGreeting() {}

    /** Lines for a POSIX shell: create a token, validate it as a web server would, expire it. */
    static String text(int httpPort) {
        return """
                Try it, in another terminal:

                token=$(curl -s -u dev:dev -H 'Content-Type: application/json' -d '{"sub":"alice"}' @API@/v1/tokens | sed 's/.*"token":"\\([^"]*\\)".*/\\1/'); echo "$token"
                curl -i -H "Authorization: Bearer $token" @API@/v1/auth
                curl -i -u dev:dev -H 'Content-Type: application/json' -d "{\\"token\\":\\"$token\\"}" @API@/v1/tokens/expire
                """.replace("@API@", "http://localhost:" + httpPort);
    }
}
