package dev.tokencache.deploy;

import java.util.List;

/** The native executable, as the unit runs it without a drop-in file. */
class SystemdContainerNativeIT extends SystemdContainerIT {

    @Override
    List<String> program() {
        return List.of(System.getProperty("tokencache.executable") + ":/usr/lib/token-cache/token-cache");
    }
}
