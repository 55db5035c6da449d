package dev.tokencache.operator.console;

import dev.tokencache.caller.Caller;
import dev.tokencache.operator.console.Frame.Integrity;
import dev.tokencache.operator.console.Frame.Link;
import java.util.List;
import java.util.Optional;

/** Makes the frame of each page. */
final class Frames {

    private final List<Link> links;
    private final String instance;
    private final String version;
    private final Integrity integrity;

    Frames(List<Link> links, String instance, String version, Assets assets) {
        this.links = links;
        this.instance = instance;
        this.version = version;
        this.integrity = new Integrity(
                assets.integrity("console.css"),
                assets.integrity("htmx.min.js"),
                assets.integrity("sse.min.js"),
                assets.integrity("console.js"));
    }

    Frame of(String page, String title, Optional<Caller> caller, String notice) {
        return new Frame(title, page, links, caller.map(Caller::id).orElse(""), instance, version, notice, integrity);
    }
}
