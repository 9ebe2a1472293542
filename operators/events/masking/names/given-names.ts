/** Common first names of English-speaking and neighbouring countries, by frequency in Faker's en_US list (MIT) and some from elsewhere;
 * without those that are words or places (Will, Grace, Austin). */
export const GIVEN_NAMES: ReadonlySet<string> = new Set(
  (
    'Jennifer Jessica Lisa Kimberly Amanda Michelle Elizabeth Melissa Ashley Sarah Mary Stephanie Amy Angela ' +
    'Nicole Laura Rebecca Karen Emily Susan Rachel Christina Patricia Julie Samantha Megan Cynthia Christine ' +
    'Brittany Lauren Andrea Danielle Tiffany Maria Katherine Tammy Sandra Linda Lori Shannon Pamela Brenda Donna ' +
    'Sara Erin Deborah Tina Jamie Teresa Kathleen Nancy Tracy Courtney Barbara Jacqueline Sharon Anna Kayla ' +
    'Denise Catherine Kristen Erica Monica Hannah Kathryn Cheryl Debra Robin Margaret Vanessa Alicia Allison ' +
    'Diana Natalie Kristin Leslie Michele Theresa Alexis Melanie Dana Cindy Julia Jill Alyssa Valerie Tara Stacy ' +
    'Diane Katie Jasmine Veronica Carrie Rhonda Gina Stacey Alexandra Kathy Carolyn Lindsey Ann Renee Brianna ' +
    'Morgan Cassandra Janet Paula Kelsey Tonya Kristina Beth Heidi Sheila Laurie Lindsay Tamara Erika Anne ' +
    'Melinda Brandi Deanna Abigail Tanya Leah Olivia Carla Suzanne Regina Sabrina Debbie Colleen Terri Connie ' +
    'Caitlin Jenna Natasha Felicia Molly Whitney Janice Marissa Shelby Brittney Katrina Haley Kara Lynn Marie ' +
    'Tracey Alison Annette Meghan Kaitlyn Katelyn Miranda Christy Cathy Kendra Anita Bonnie Shelly Wanda Martha ' +
    'Sherri Monique Emma Krista Jodi Bethany Krystal Yolanda Caroline Casey Joanna Gloria Audrey Paige Angelica ' +
    'Judy Rachael Kristy Gabrielle Ruth Kristi Joyce Yvonne Nichole Desiree Beverly Jillian Kristine Mariah ' +
    'Becky Claudia Sierra Darlene Jane Briana Jenny Kelli Shelley Sonya Sheri Carmen Toni Vicki Breanna Judith ' +
    'Traci Rebekah Ana Jaime Dominique Betty Shirley Evelyn Jean Peggy Madeline Joan Kari Bridget Jeanette ' +
    'Meredith Mackenzie Maureen Ellen Jody Meagan Joanne Dorothy Gail Rita Ashlee Vickie Mallory Kaitlin Alexa ' +
    'Hailey Candice Latoya Helen Sylvia Bianca Adrienne Ariel Terry Elaine Marilyn Alice Sheryl Jackie Chloe ' +
    'Phyllis Claire Kaylee Candace Frances Joann Eileen Charlene Sophia Sally Gabriela Jeanne Michaela Belinda ' +
    'Carly Kylie Karina Adriana Lorraine Yvette Loretta Caitlyn Hayley Jaclyn Alisha Sue Norma Roberta Jocelyn ' +
    'Lacey Cassidy Tricia Shari Gabriella Makayla Tabitha Aimee Tammie Alejandra Ariana Isabella Mikayla ' +
    'Gwendolyn Raven Shelia Tami Marcia Ebony Doris Christie Stacie Kiara Karla Glenda Patty Kristie Pam Lydia ' +
    'Kirsten Chelsey Zoe Tasha Sheena Mandy Shawna Kerry Isabel Priscilla Stefanie Cassie Marisa Mckenzie Jasmin ' +
    'Sonia Yesenia Selena Latasha Cristina Robyn Mia Kerri Mindy Tracie Angie Kellie Nina Michael David James ' +
    'John Christopher Robert Matthew William Daniel Joseph Brian Jason Joshua Thomas Kevin Richard Anthony ' +
    'Andrew Steven Timothy Jeffrey Eric Ryan Charles Scott Justin Nicholas Jonathan Brandon Paul Kenneth Jacob ' +
    'Gregory Stephen Patrick Adam Aaron Benjamin Kyle Jeremy Zachary Ronald Edward Donald Sean Jose Alexander ' +
    'Nathan Gary Samuel Keith Bryan Douglas Shawn George Peter Todd Travis Jesse Chad Bradley Larry Cody Raymond ' +
    'Craig Dennis Juan Jerry Derek Dustin Phillip Carlos Jeffery Marcus Jared Joel Shane Tony Vincent Corey Luis ' +
    'Antonio Alan Victor Dylan Philip Brett Rodney Alex Russell Martin Roger Carl Erik Derrick Gabriel Brent ' +
    'Nathaniel Bruce Danny Ian Ricky Henry Cory Cameron Billy Mitchell Trevor Allen Lawrence Bobby Gerald Jesus ' +
    'Joe Randall Wayne Jimmy Evan Jon Seth Walter Adrian Caleb Marc Miguel Jay Steve Andre Chris Willie Arthur ' +
    'Manuel Albert Devin Roy Micheal Jeff Darren Mario Mike Luke Darrell Blake Louis Jeremiah Ricardo Jorge Dale ' +
    'Calvin Ethan Garrett Edwin Glenn Frederick Barry Lucas Francisco Lance Isaac Brad Connor Noah Reginald ' +
    'Oscar Harold Spencer Roberto Ronnie Alejandro Johnathan Ralph Hector Eddie Colin Eugene Tommy Maurice Ruben ' +
    'Leonard Shaun Ernest Stanley Brendan Marvin Kurt Howard Dwayne Tim Jonathon Julian Darryl Clayton Omar ' +
    'Jerome Isaiah Javier Greg Melvin Duane Dalton Mathew Theodore Elijah Tyrone Harry Kristopher Clinton Cole ' +
    'Sergio Jim Jake Dillon Fernando Clifford Colton Tom Eduardo Bryce Jermaine Alec Rick Dominic Geoffrey ' +
    'Xavier Tristan Collin Fred Norman Dan Kirk Edgar Nicolas Karl Maxwell Ivan Levi Damon Darius Andres ' +
    'Cristian Francis Riley Alfred Warren Malik Wyatt Cesar Clarence Bernard Gavin Preston Marco Hayden Brady ' +
    'Pedro Gordon Dave Ross Daryl Leroy Perry Lonnie Alvin Gilbert Vernon Neil Stuart Rickey Franklin Leon Gregg ' +
    'Darin Herbert Terrence Terrance Mohammed Muhammad Mohamed Ahmed Fatima Aisha Hassan Ibrahim Yusuf Priya ' +
    'Rahul Amit Sanjay Deepak Raj Ravi Sunita Arjun Wei Ming Hiroshi Yuki Kenji Sakura Takashi Sofia Lucia Pablo ' +
    'Diego Giovanni Luca Giulia Francesca Paolo Hans Klaus Jürgen Wolfgang Heike Petra Uwe Pierre Jacques ' +
    'Camille Antoine Julien Olivier Sven Lars Ingrid Björn Olga Dmitri Sergei Svetlana Alexei Igor Anastasia ' +
    'Siobhan Niamh Liam Aoife Callum Ewan Rhys Gareth Nigel Graham Alistair Fiona Imogen Gemma Kieran'
  ).split(' '),
);
