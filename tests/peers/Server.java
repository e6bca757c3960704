import java.io.FileInputStream;
import java.io.InputStream;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import java.net.InetAddress;

/** `java Server.java KEYSTORE VERSION [want]`: Java's own TLS for one client on loopback. */
public class Server {
    public static void main(String[] arguments) throws Exception {
        char[] password = "test".toCharArray();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream file = new FileInputStream(arguments[0])) {
            store.load(file, password);
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        InetAddress loopback = InetAddress.getByName("127.0.0.1");
        try (SSLServerSocket listener = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 1, loopback)) {
            listener.setEnabledProtocols(new String[] {arguments[1]});
            listener.setWantClientAuth(arguments.length > 2);
            System.out.println("ACCEPT 127.0.0.1:" + listener.getLocalPort());
            try (SSLSocket socket = (SSLSocket) listener.accept()) {
                socket.getInputStream().read();
                socket.getOutputStream().write("HTTP/1.0 200 OK\r\n\r\n".getBytes());
            }
        }
    }
}
