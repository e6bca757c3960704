import java.io.InputStream;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** `java Client.java PORT VERSION`: Java's own TLS to a server on loopback, any certificate. */
public class Client {
    public static void main(String[] arguments) throws Exception {
        X509TrustManager trusting = new X509TrustManager() {
            public void checkClientTrusted(X509Certificate[] chain, String type) {}
            public void checkServerTrusted(X509Certificate[] chain, String type) {}
            public X509Certificate[] getAcceptedIssuers() { return new X509Certificate[0]; }
        };
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {trusting}, new SecureRandom());
        int port = Integer.parseInt(arguments[0]);
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.setEnabledProtocols(new String[] {arguments[1]});
            socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes());
            InputStream input = socket.getInputStream();
            while (input.read() >= 0) {}
        }
    }
}
