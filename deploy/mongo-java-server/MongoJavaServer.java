import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.util.List;

/** mongo-java-server on a loopback port, in memory: java -cp 'libs/*' MongoJavaServer.java PORT */
class MongoJavaServer {
    /** It can do what is needed of it, but says that it is older than today's drivers take. */
    record Claimed(List<Integer> getVersionArray, int getWireVersion) implements MongoVersion {}

    public static void main(String[] arguments) {
        var backend = new MemoryBackend().version(new Claimed(List.of(4, 4, 0), 9));
        new MongoServer(backend).bind("127.0.0.1", Integer.parseInt(arguments[0]));
    }
}
