package dev.tokencache.warmup;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;

/**
 * Where this process listens.
 *
 * @param address an address of this machine
 * @param sockets for plain connections, or for TLS
 */
record OwnPort(InetSocketAddress address, SocketFactory sockets) {

    static OwnPort plain(String host, int port) throws UnknownHostException {
        return new OwnPort(address(host, port), SocketFactory.getDefault());
    }

    /** Does not verify the certificate: it is for the names that clients use, and the connection ends in this process. */
    static OwnPort tls(String host, int port) throws UnknownHostException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        return new OwnPort(address(host, port), context.getSocketFactory());
    }

    private static InetSocketAddress address(String host, int port) throws UnknownHostException {
        InetAddress listening = InetAddress.getByName(host);
        return new InetSocketAddress(
                listening.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : listening, port);
    }
}
