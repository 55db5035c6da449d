package dev.tokencache.http;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/** The code blocks of {@code docs/clients.md}. */
record Recipes(String page) {

    static final String ISSUER = "https://tokens.example.org";

    static Recipes read() throws IOException {
        return new Recipes(Files.readString(Path.of("docs/clients.md")));
    }

    /** The first code block of a language below a heading and its subheading. */
    String block(String heading, String subheading, String language) {
        int start = page.indexOf("\n## " + heading + "\n");
        for (String next : new String[] {"\n### " + subheading + "\n", "\n```" + language + "\n"}) {
            start = page.indexOf(next, start);
        }
        int code = page.indexOf("\n", start + 1) + 1;
        return page.substring(code, page.indexOf("```", code));
    }

    /** A recipe for the service at another URL. Its issuer, which has no path, stays. */
    static String at(URI service, String recipe) {
        String changed = recipe.replace(ISSUER + "/", service.resolve("/").toString());
        if (changed.equals(recipe)) {
            throw new IllegalArgumentException("the recipe does not name the service: " + recipe);
        }
        return changed;
    }
}
