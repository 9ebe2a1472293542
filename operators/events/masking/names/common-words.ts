/**
 * English words that are no names although they may stand where names do: what customers write mostly in lower case (counted in
 * public tweets and bank questions; no text of theirs is here), and words of shops.
 */
export const COMMON_WORDS: ReadonlySet<string> = new Set(
  (
    'able about above abroad absolute absolutely abt accept acceptable accepted access according account accounts across act acting ' +
    'action activate actual actually add added adding additional address admit advance advantage afraid after afternoon again against ' +
    'age agent agents ago agree agreed ahead air airline airlines airport aka album albums alive all allow allowed almost alone along ' +
    'already alright also although always amateur amazing among amount amp and angry anniversary announce announced announcement ' +
    'announces annoying annual another answer answered answering answers anti any anybody anymore anyone anything anyway anywhere ' +
    'apart apology app apparently appear appearance appeared appears applied apply appreciate appreciated approved apps are area arm ' +
    'around arrested arrival arrive arrived arrives arriving art article artist ask asked asking asks assist assistance ate attack ' +
    'attacks attempt attempted attend attendant attendants attending attention attitude auto automated automatically available avoid ' +
    'award aware away awesome awful baby back bad bag baggage bags balance ball balls band bands bank bar base baseball based basic ' +
    'basically battle bday bean beast beat beating beats beautiful became because become becomes becoming bed been beer before began ' +
    'begin beginning begins behind being believe below bench beneficiary best bet better between beyond bid big bigger biggest birth ' +
    'birthday bit black blame blast bless blessed block blocked blog board boarding body bomb book booked books border born boss both ' +
    'bottom bought bout box boy boyfriend boys brand break breakfast breaks bright brilliant bring bringing brings bro broadcast ' +
    'broke broken brought btw budget build building bunch burn bus business busy but butt buy buying bye cake call called calling ' +
    'calls came camera camp campaign can cancel canceled cancelled candidate candidates candy cannot cant captain car card cards care ' +
    'career cares carry cart case cash cast catch caught cause caused celebrate celebrating celebration central centre certain ' +
    'certainly chair challenge champ champion chance chances change changed changes changing channel chapter character characters ' +
    'charge charged charges charging chat cheap check checked checking checkout cheque chief child children chill choice choose ' +
    'church cinema claim classic clean clear clearly close closed closer clothes club coach code coffee cold college com come comedy ' +
    'comes coming comment comments commercial common communication community company compared competition complaint complete ' +
    'completed completely computer concerned concert concerts conference confirm confirmation confirmed confused connect connecting ' +
    'connection connections consecutive consider considering cont contact contacted contactless contest continue continues contract ' +
    'control conversation cool copy corner correct cost costume could count counter counting countries country couple coupon courier ' +
    'course courses court cousin cover coverage crap crash crazy create created credit credits crew cried crossed crowd crush cry ' +
    'crying currencies currency current currently cust customer customers cut cute cuz dad damaged dance dancing data date dates ' +
    'daughter day days dead deadline deal dealing deals dear death debate debit debut decent decide decided decision declined deep ' +
    'defeat defense definitely delay delayed delays delete delicious deliver delivered delivery deluxe denied departure deposit ' +
    'deposited deserve deserves desk despite destination destroy destroyed details device did didnt die died dies difference ' +
    'different difficult digi dinner direct direction directly disappeared disappointed discount discuss display disposable dispute ' +
    'does doesnt dogs doing dollar done dont donuts door double doubt down download draft drama draw dream dreams dress drink ' +
    'drinking drinks drive driver driving drop dropped dropping drops drunk dude due dumb duplicate during dying each earlier early ' +
    'earned earth easier easy eat eating edition effort eight either elected election elections else email emails emotional employee ' +
    'employees empty end ended ending ends enjoy enjoyed enjoying enough enter entered entertainment entire epic episode episodes era ' +
    'error especially etc even evening event ever every everybody everyday everyone everything evil exact exactly exam example ' +
    'excellent except exchange exchanges exchanging excited exciting excuse exhibition expect expected expecting experience expire ' +
    'expires explain express extra extremely eye eyes face faces facing fact fail failed failing fair fake fall fam family famous fan ' +
    'fancy fans fantastic fantasy far fashion fast faster father fault fav favorite favourite fear feature fee feel feeling feels ' +
    'fees feet fell felt female few fiat field fight fighting fights figure file fill filled film films final finale finally finals ' +
    'find finding fine finish finished finishing fire fired first fit five fix fixed flat fleek flew flight flights floor flown flt ' +
    'fly flying focus folks follow followed followers following food football for force forced foreign forever forget forgot form ' +
    'former forward found four fourth freaking free freeze frequent fresh friday friend friendly friends from front frustrated ' +
    'frustrating full fun funds funeral funny further future game games gas gate gave gear gen general generation get gets getting ' +
    'gift gig girl girlfriend girls give given gives giving glad goal goals goes goin going gold golf gone gonna good got gotta ' +
    'gotten government grab grade grader great greatest ground group guess guest guide guitar guy guys gym had haha hahaha hair half ' +
    'hand handle hands hang hanged hanging happen happened happening happens happy hard has hat hate hates have having head headed ' +
    'heading heads hear heard hearing heart heavy held hell hello help helped helpful helping helpline her here hero high higher ' +
    'highest hilarious him himself his history hit hits hitting hold holding hole holiday holidays home homer honest honestly honor ' +
    'hope hopeful hopefully hopes hoping horrible host hosted hosting hot hotel hotline hour hours house how however hrs http https ' +
    'huge human hung hurt husband hype idea ideas identity idiot idk ill ima imagine imma immediately important impossible include ' +
    'including incorrect incredible info information injured injury inning innings innocent insane inside inspired instead interest ' +
    'interested interesting international internet interview into invited involved isnt issue issued issues item items its itself ' +
    'jail jealous jersey jet job join joining joke journey judge jump just justice keep keeping keeps kept key kick kicks kid kidding ' +
    'kids kill killed killing kind kinda knee knew know knowing known knows lack ladies land landed landing laptop large largest last ' +
    'late later latest laugh laughing launch launched law lead leader leaders leading leads league learn learned least leave leaves ' +
    'leaving led left leg legend legendary less let lets letter letting level lie lies life light lights like liked likely likes ' +
    'limit limited limits line lines lineup link linked list listed listen listened listening literally little live lives living lmao ' +
    'loaded local login lol long longer look looked looking looks lose loses losing loss lost lot lots loud love loved lovely loves ' +
    'loving low loyal luck lucky luggage lunch lying lyrics machine mad made magazine mail main maintenance major make makes making ' +
    'man manager manslaughter many marathon march mark market marriage married match matches mate matter may maybe meal mean means ' +
    'meant mechanical media meet meeting member members memories men mention mentioned merchant mercy mess message met mid middle ' +
    'midnight might miles military million min mind mine mini mins minute minutes miss missed missing mistake mix mobile model mom ' +
    'moment monday money month months mood moon more morning most mother mouth move moved moves movie movies moving much multiple ' +
    'muscle music must myself name named names nation near nearly need needed needs never new news next nice night nights nine nite ' +
    'nobody non none noon normal not nothing notice noticed now number numbers obviously ocean odd odds off offensive offer offered ' +
    'offering office official officially often oil okay old older omg once one ones online only onto open opened opener opening opens ' +
    'opinion opponent opportunity option options order ordered orders original other others otherwise our out outs outside over ' +
    'overall overnight own pack package page pageant paid pain pair pants parade parcel parents part party passcode passed passengers ' +
    'passing password past pay paying payment payments peace penalty pending people pepper per perfect perform performance performed ' +
    'performing period person personal phone phones photo photos physical pic pick picked picking picks pics picture pictures piece ' +
    'pilot pilots pissed pitch pitcher pitching pizza pizzas place placed places plan plane planes planet planned planning plans play ' +
    'played player players playing playlist playoffs plays please plenty pls plus point points police policies policy political poll ' +
    'polls pool poor pop position positive possible possibly post posted potato pound pounds power ppl practice pray pre prefer ' +
    'pregnant premiere premium prepare prepared preseason present president presidential press pretty preview previous prices primary ' +
    'prime priority private pro probably problem problems process product profile program progress project promise promo proof ' +
    'protect proud prove provide provided public pull pulled pumped purchase purchased push put puts putting quality quarter question ' +
    'questions quick quickly quiet quite race racing radio rain raise rally ran random ranked rap rapper rate rates rather rating ' +
    'reach reached read reading ready real reality realize realized really reason reasons rebook rebooked receive received receiving ' +
    'recent recently recognize record refugees refund refunded refuse refused regarding regards regular rejected related relations ' +
    'release released releases releasing religion rematch remember remembered remind reminded reminds remove rent rep repeat replace ' +
    'reply report reported reports request requested required reschedule rescheduled reservation reservations reset resolved respect ' +
    'respond response responsible rest restaurant restrictions result results return returned returns revealed reverted review ride ' +
    'rider ridiculous right rights ring rise rising road robot rock role roll rookie room round route row rude ruined rules run ' +
    'runner running runs runway sad safe said salary sale sales same sang sat save saved saving saw say saying says scared scene ' +
    'schedule scheduled school score scored scores scoring screen screening search season seasons seat seats second seconds secret ' +
    'section security see seeing seem seems seen sees select self sell seller selling send sending senior sense sent series serious ' +
    'seriously serve served service services session set sets settings seven several shall shame share sharing she shine shining ship ' +
    'shipping shirt shirts shoot shooting shop shopping short shot should show showed showing shown shows shut sick side sign signed ' +
    'signing signs silver similar simple simply since sincerely sing singing single sir sister sit site sitting situation six size ' +
    'sky sleep sleeping slow small smart smh smile snap snow soccer social sold solo some somebody someone something sometime ' +
    'somewhere son song songs soon sorry sort soul sound sounds source space spare speak speaking special specific speech speed spend ' +
    'spending spent spirit spoke sports spot squad staff stage stand standard standby standing star stars start started starting ' +
    'starts state statement states station status stay stayed staying step steps stick still stock stole stolen stood stop stopped ' +
    'store stores stories storm story straight stranded strange stream streaming street strike striker strikes strong struggle stuck ' +
    'student students studio stuff stupid style submitted success such suck sucks suddenly suggest suit summer sun support supported ' +
    'supporting suppose supposed sure surprise surprised swear sweet switch system table tag take taken takes taking talent talk ' +
    'talked talking talks tarmac tbh tea teacher team teams tears tech tee teen tell telling tells ten term terminal terrible ' +
    'terrorist terrorists test text than thank thanks that thats the theater their them theme then there these they thing things ' +
    'think thinking thinks third this tho those though thought thoughts threat three through throw throwing thru thx thy ticket ' +
    'tickets tie tied ties til till time times tired title tix today together told tomorrow tonight tonite too took top topped ' +
    'topping total totally touch tough tour tournament towards town track tracking trade traffic trailer train training transaction ' +
    'transactions transfer transferred transferring transfers travel traveling treat treated trending trial tribute trick tried trip ' +
    'triple trouble true truly trust truth try trying tuesday tune turn turned turning turns tweet tweeted tweeting tweets twice ' +
    'twilight two type ugly unable unacceptable unblock under understand unfortunately unhappy unless until upcoming update updated ' +
    'updates upgrade upon ups upset urgent use used username users using usual usually vacation value vegan vegetable vegetarian ' +
    'verification verified verify verifying verse version very via victory video videos view views virtual visit voice vote voted ' +
    'voters votes voting voucher wait waited waiting wake walk walked walking walks wall wallet wanna want wanted wants war warm ' +
    'warning was waste watch watched watching water way ways wear wearing weather website wedding week weekend weeks weird welcome ' +
    'well went were what whatever when where whether which while who whoever whole why wife wifi wild will willing win window wine ' +
    'winner winning wins winter wish wishes wishlist wit with withdraw withdrawal withdrawals withdrawing withdrew within without ' +
    'woke wolf woman women won wonder wonderful wondering wont word words work worked working works world worried worry worse worst ' +
    'worth would wrestling write writing written wrong wrote wtf yall yard yards yea yeah year years yep yes yesterday yet you young ' +
    'your yours yourself yrs zero zone'
  ).split(' '),
);
