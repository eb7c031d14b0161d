package stillpoint.machine

import java.util.function.Supplier

/** Parts of a process as somebody might add them one day. */
object StateFixtures {
  class Forgetful(var fine: java.util.List[String], var supplier: Supplier[String])
  class Hashed { var map: java.util.HashMap[String, String] = _ }
  trait OnlyALambda { def call(): Unit }
  class Calling { var callback: OnlyALambda = _ }
  /** Its cache is neither saved nor put right. */
  class Caching { @transient var cache: Array[Long] = Array(1) }
  class Holder(var held: AnyRef)
}
