// An upstream system in Java: Kafka's own client, no code of this project's.
//   java -cp 'JARS/*' PublishEvents.java BROKERS TOPIC KEY FILE...   each file is one record
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

public class PublishEvents {
  public static void main(String[] args) throws Exception {
    Properties settings = new Properties();
    settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, args[0]);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class.getName());
    settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
    try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(settings)) {
      for (int i = 3; i < args.length; i++) {
        byte[] event = Files.readAllBytes(Path.of(args[i]));
        producer.send(new ProducerRecord<>(args[1], args[2], event)).get();
      }
    }
  }
}
